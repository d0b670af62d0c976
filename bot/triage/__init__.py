"""What answers mean: danger signs in answers and typed words, reasons, next steps. Pure."""
