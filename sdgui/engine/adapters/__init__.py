"""LoRAs and learnt words: told from their headers, found by name, put into a warm model and out of it again."""
