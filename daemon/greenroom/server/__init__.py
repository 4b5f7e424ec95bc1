"""HTTP, WebSocket, access and discovery."""
