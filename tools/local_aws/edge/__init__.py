"""CloudFront's edge on the laptop: each deployed distribution as a listener of its own, which serves by its config."""
