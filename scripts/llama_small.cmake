# Read by CMake after the project() of llama.cpp: its common library is for its own tools, Python needs none of it.
set(LLAMA_BUILD_COMMON OFF CACHE BOOL "" FORCE)
