"""Pages that belong to no app: login and logout. The shell and the error pages are in templates/."""
