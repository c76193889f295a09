"""An answer to a question by a model, sentence by sentence: what it is asked, where a sentence ends, what may stand."""
