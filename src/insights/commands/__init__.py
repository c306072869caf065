"""The bodies of the commands, each loaded when it is called."""
