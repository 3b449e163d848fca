"""What every request passes before it reaches us: address, guards, and who is asking."""
