"""What Flask-Security says to people, in our words; translated in our own catalogue."""


def N_(sentence: str) -> str:  # noqa: N802
    """Mark a sentence for translation where the library itself asks for its translation."""
    return sentence


MESSAGES = {
    "GENERIC_AUTHN_FAILED": (N_("This address and this password do not belong together."), "error"),
    "UNAUTHENTICATED": (N_("Please sign in first."), "info"),
    "UNAUTHORIZED": (N_("You may not do this."), "error"),
    "REAUTHENTICATION_REQUIRED": (N_("Please enter your password once more."), "info"),
    "REAUTHENTICATION_SUCCESSFUL": (N_("Thank you. You can go on."), "success"),
    "EMAIL_NOT_PROVIDED": (N_("Please enter your mail address."), "error"),
    "INVALID_EMAIL_ADDRESS": (
        N_("Please enter a mail address such as name@example.org."),
        "error",
    ),
    "PASSWORD_NOT_PROVIDED": (N_("Please enter your password."), "error"),
    "PASSWORD_INVALID_LENGTH": (N_("Please take at least %(length)s signs."), "error"),
    "PASSWORD_IS_THE_SAME": (N_("Please take another password than before."), "error"),
    "RETYPE_PASSWORD_MISMATCH": (N_("The two passwords are not the same."), "error"),
    "INVALID_PASSWORD": (N_("This is not your password."), "error"),
    "DISABLED_ACCOUNT": (N_("This account has been switched off."), "error"),
    "PASSWORD_RESET_REQUEST": (
        N_(
            "If this address belongs to an account, a letter with a link is on its way. "
            "Please look into your mailbox."
        ),
        "success",
    ),
    "PASSWORD_RESET_EXPIRED": (N_("This link is too old. Please ask for a new one."), "error"),
    "INVALID_RESET_PASSWORD_TOKEN": (
        N_("This link has been used or is not complete. Please ask for a new one."),
        "error",
    ),
    "PASSWORD_RESET_NO_LOGIN": (
        N_("Your new password is set. Please sign in with it."),
        "success",
    ),
    "PASSWORD_CHANGE": (N_("Your new password is set."), "success"),
    "API_ERROR": (N_("Please check what you entered."), "error"),
}
