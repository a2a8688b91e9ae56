"""The application's own services: a package of a name that others have too."""
