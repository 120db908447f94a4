"""What gunicorn serves: `gunicorn wsgi:app`."""

from eventmatch.app import create_app

app = create_app()
