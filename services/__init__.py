"""What the main application imports: event contracts, the transactional outbox, and the PSA push."""
