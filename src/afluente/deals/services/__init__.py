"""Every change of deals."""

from afluente.deals.services.moving import Moved, move_deals
from afluente.deals.services.opening import NewDeal, open_deals

__all__ = ["Moved", "NewDeal", "move_deals", "open_deals"]
