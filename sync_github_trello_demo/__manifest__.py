# Copyright 2026 Sync Studio contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl.html)
{
    "name": "Sync Studio: GitHub-Trello Demo",
    "summary": "Copy GitHub issues to Trello cards and keep labels the same on both",
    "version": "14.0.1.0.0",
    "category": "Extra Tools",
    "author": "Sync Studio contributors",
    "license": "LGPL-3",
    "depends": ["sync"],
    "external_dependencies": {"python": ["PyGithub", "py-trello"]},
    "demo": ["demo/sync_project_demo.xml", "demo/sync_task_demo.xml"],
    "post_init_hook": "post_init_hook",
}
