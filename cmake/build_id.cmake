# Writes OUTPUT with a digest of the contents of HEADERS and of OPTIONS. cmake -P, from providers/loader.
set(all "${OPTIONS}")
foreach(header IN LISTS HEADERS)
  file(SHA256 ${header} digest)
  string(APPEND all " ${digest}")
endforeach()
string(SHA256 id "${all}")
string(SUBSTRING ${id} 0 32 id)
file(WRITE ${OUTPUT} "// Made from the headers that in-tree plugins see.\n#define INFRA_BUILD_ID \"${id}\"\n")
