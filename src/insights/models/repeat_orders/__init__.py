"""Repeat orders: when a customer orders again, whether it is still one, and what its orders bring.

`bgnbd` (BG/NBD and MBG/NBD), `pareto` (Pareto/NBD) and `rhythm` (each customer's own interval) are fitted from counts;
`value` says what an order brings; `outlook` is what each of them says of every customer.
"""
