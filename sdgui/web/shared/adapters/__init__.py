"""The picker beside the prompt: LoRAs and learnt words by name, and the words that call them."""
