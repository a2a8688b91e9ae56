"""The routes: each parses, calls one function, and gives what came back."""
