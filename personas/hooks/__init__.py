"""CRMs that tell of their records: who may (`keeping`), whether it is them (`signing`), what they say (`events`)."""
