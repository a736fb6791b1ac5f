"""What reaches the person at the keyboard: results, errors, questions, and the commands that we print."""
