"""What a person wrote, told apart from what the template wrote."""
