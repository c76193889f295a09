"""Pages that belong to no app: login, logout, one's own account. The shell and error pages are in templates/."""
