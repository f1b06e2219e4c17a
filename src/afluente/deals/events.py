"""Facts that slices above deals act on. What people read is the log (`timeline.services.record`).

Kinds written to the log by this slice: deal.opened, deal.moved, deal.changed, deal.assigned,
deal.deleted, deal.restored, deal.contact_added, deal.contact_removed, pipeline.created,
pipeline.changed, pipeline.ordered, pipeline.archived, pipeline.unarchived,
pipeline.stages_changed, stage.deleted, dealtype.created, dealtype.changed, dealtype.ordered,
dealtype.archived, dealtype.unarchived, dealtype.deleted (docs/reference/events.md).
"""
