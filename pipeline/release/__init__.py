"""What must hold of finished files, and of the texts they are made of."""
