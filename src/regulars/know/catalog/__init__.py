"""Goods: categories, brands, products.

Tables: catalog_category, catalog_brand, catalog_product. Events: none.
Warehouse tables: categories, category_nodes, brands, products.
"""
