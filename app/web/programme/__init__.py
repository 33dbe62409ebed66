"""The programme: kinds of workshops, dates planned and changed, the next term."""
