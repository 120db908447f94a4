"""What the letters of this room say."""

from flask import current_app, url_for

from eventmatch.events.team import open_invitation, team_code
from eventmatch.mail import Content, letter


@letter("team")
def compose_team(invitation_id: int) -> Content | None:
    """Bring the link that lets somebody help; nothing once it was used or taken back."""
    invitation = open_invitation(invitation_id)
    if invitation is None:
        return None
    code = team_code(invitation, secret=current_app.config["SECRET_KEY"])
    return Content(
        {
            "event": invitation.event,
            "inviter": invitation.invited_by,
            "role": invitation.role,
            "url": url_for("team.show_invitation", code=code, _external=True),
        }
    )
