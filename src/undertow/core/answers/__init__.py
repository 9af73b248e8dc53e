"""What studies answer: records with the JSON shape of the doors, which cannot run anything."""
