"""How far automation goes by itself (S-LOOP). Volume is bounded by none of them."""

DEEPEST = 10  # automatic moves of one chain
MOST_STEPS = 100  # rules that act in one sprint
MOST_OF_ROOT = 200  # steps of one record in all sprints of one chain, and of all that rules opened in it
MOST_NODES = 2_000  # passed in one sprint, whatever they are
