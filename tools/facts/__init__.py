"""Facts about AWS that all tools share: data, and how it is read. It imports none of them."""
