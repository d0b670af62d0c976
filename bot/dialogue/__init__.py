"""How a conversation moves: session, inputs, outputs, machine, engine. Pure."""
