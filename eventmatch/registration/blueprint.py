"""The blueprint that the guest's and the organiser's pages of registrations share."""

from flask import Blueprint

bp = Blueprint("registration", __name__)
