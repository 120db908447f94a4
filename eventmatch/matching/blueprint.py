"""The blueprint that the organiser's pages of matching share."""

from flask import Blueprint

bp = Blueprint("matching", __name__)
