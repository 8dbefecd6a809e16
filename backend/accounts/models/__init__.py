from backend.accounts.models.assignment import Assignment, Level, Role
from backend.accounts.models.partner_app import AccessToken, Grant, IDToken, PartnerApp, RefreshToken
from backend.accounts.models.user import User

__all__ = ["AccessToken", "Assignment", "Grant", "IDToken", "Level", "PartnerApp", "RefreshToken", "Role", "User"]
