"""The definitions of the field's words, each once, as queries that the engine computes."""
