"""Export: a packaged model in other formats, each with its preprocessing, held to the numbers of the packaged one."""
