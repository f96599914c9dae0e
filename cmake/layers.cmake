# A layer is one folder: an object library whose sources are listed by hand. All layers make libinfra.so.
#
#   infra_layer(base SOURCES arena.c … LIBRARIES PkgConfig::UTF8PROC …)

function(infra_layer name)
  cmake_parse_arguments(LAYER "" "" "SOURCES;LIBRARIES" ${ARGN})
  set_property(GLOBAL APPEND PROPERTY INFRA_LAYERS ${name})
  if(NOT LAYER_SOURCES)
    return()
  endif()
  add_library(${name} OBJECT ${LAYER_SOURCES})
  target_link_libraries(${name} PRIVATE ${LAYER_LIBRARIES})
  set_property(GLOBAL APPEND PROPERTY INFRA_OBJECTS $<TARGET_OBJECTS:${name}>)
  set_property(GLOBAL APPEND PROPERTY INFRA_LIBRARIES ${LAYER_LIBRARIES})
endfunction()

function(infra_library)
  get_property(objects GLOBAL PROPERTY INFRA_OBJECTS)
  get_property(libraries GLOBAL PROPERTY INFRA_LIBRARIES)
  list(REMOVE_DUPLICATES libraries)
  if(NOT objects)
    return()
  endif()
  add_library(libinfra SHARED ${objects})
  set_target_properties(libinfra PROPERTIES OUTPUT_NAME infra)
  target_link_libraries(libinfra PRIVATE ${libraries})
endfunction()

# A plugin: one .so with its own sources, found beside the program. It shows nothing but its entry: names that it shares
# with the engine would otherwise be the engine's. STRANGER: it sees provider.h only and does not link
# the engine.
function(infra_plugin name)
  cmake_parse_arguments(PLUGIN "STRANGER" "" "SOURCES;LIBRARIES" ${ARGN})
  add_library(infra-provider-${name} MODULE ${PLUGIN_SOURCES})
  set_target_properties(infra-provider-${name} PROPERTIES PREFIX "" C_VISIBILITY_PRESET hidden)
  target_link_libraries(infra-provider-${name} PRIVATE ${PLUGIN_LIBRARIES})
  if(NOT PLUGIN_STRANGER)
    target_link_libraries(infra-provider-${name} PRIVATE libinfra)
    add_dependencies(infra-provider-${name} build_id)
  endif()
endfunction()

# A lexer: FILE.re to FILE.c in the build tree, without dates or versions, so that output is stable.
function(infra_re2c input output)
  get_filename_component(dir ${output} DIRECTORY)
  file(MAKE_DIRECTORY ${dir})
  add_custom_command(OUTPUT ${output} COMMAND ${RE2C} -W -Werror --no-generation-date --no-version ${ARGN} -o ${output} ${input}
                     DEPENDS ${input} VERBATIM)
  set_source_files_properties(${output} PROPERTIES COMPILE_OPTIONS "-Wno-conversion;-Wno-shadow")
endfunction()

# A grammar: FILE.y to FILE.c and FILE.h in the build tree. Conflicts fail the build. NDEBUG takes out Lemon's trace
# output and the global variable it needs.
function(infra_lemon input dir)
  get_filename_component(stem ${input} NAME_WE)
  file(MAKE_DIRECTORY ${dir})
  add_custom_command(OUTPUT ${dir}/${stem}.c ${dir}/${stem}.h COMMAND ${LEMON} -q -d${dir} ${input}
                     DEPENDS ${input} VERBATIM)
  set_source_files_properties(${dir}/${stem}.c PROPERTIES COMPILE_DEFINITIONS NDEBUG COMPILE_OPTIONS
    "-Wno-conversion;-Wno-shadow;-Wno-missing-prototypes;-Wno-unused-variable;-Wno-unused-parameter;-Wno-sign-compare")
endfunction()
