"""Types declared as data, and two readers of the declarations.

`declarations` says where each field comes from; `building` makes Strawberry types of them, `loading` answers them in one
statement a level. Nothing else knows a model's columns (docs/integrator and docs/decisions/0020-declared-sources.md).
"""
