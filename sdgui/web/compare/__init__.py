"""The Compare tab: walls, rows and grids, pairs and exports."""
