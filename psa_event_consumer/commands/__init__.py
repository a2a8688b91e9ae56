"""The commands: a file for each thing that an operator looks after."""
