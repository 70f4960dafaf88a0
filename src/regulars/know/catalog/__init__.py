"""Goods: categories, brands, products.

Tables: catalog_category, catalog_brand, catalog_product.
"""
