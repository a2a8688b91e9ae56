"""Reads what Kafka gives without believing it: memory stays bounded whatever a batch holds.

aiokafka expands a batch whole, whatever it becomes: 9.6 KB of zstd are 300 MB. Here a batch is expanded piece by piece.
One that stays small goes to aiokafka's fast parser; a larger one is read record by record, and a record that is too
large to keep is reduced to its length, hash and first bytes on the way. A batch that cannot be read at all becomes one
record that says so: nothing in a log stops the consumer.
"""
