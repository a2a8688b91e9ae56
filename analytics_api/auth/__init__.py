"""Who is asking: a token of the main application names a user, and the database says what that user may see."""
