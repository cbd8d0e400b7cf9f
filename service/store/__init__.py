"""What must survive a restart: questions, feedback, cards, reviews, Slack deliveries (SQLAlchemy).

Ids are unguessable and every row has an owner: an API key, a Slack user or a browser profile. What
people asked is kept for the retention time and no longer; an owner can have it all deleted. A conversation
is read by its id alone, so that its next question is understood; nothing else is.
"""

from service.store.asked import Asked
from service.store.cards import SavedCard
from service.store.deliveries import Delivery
from service.store.ids import new_id
from service.store.store import Store

__all__ = ["Asked", "Delivery", "SavedCard", "Store", "new_id"]
