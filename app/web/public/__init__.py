"""Pages about the service that belong to nobody: home, communes, required pages, operations."""
