class ParameterError(ValueError):
    """A value that the caller gave cannot be used: which parameter, and what is wrong and allowed."""

    def __init__(self, parameter: str, message: str) -> None:
        super().__init__(f"{parameter}: {message}")
        self.parameter = parameter
        self.message = message
