{# One text key of several columns; nulls and separators cannot collide: a tilde
   is written twice, a bar as ~p, and neither gives ~null~. #}
{% macro surrogate_key(columns) -%}
    md5(
        {%- for column in columns -%}
        {%- if not loop.first %} || '|' || {% endif -%}
        coalesce(
            replace(replace(cast({{ column }} as varchar), '~', '~~'), '|', '~p'),
            '~null~'
        )
        {%- endfor -%}
    )
{%- endmacro %}

{# Surrogate key of something that may not be named: null when its id is. #}
{% macro foreign_key(columns) -%}
    case
        when {{ columns | last }} is not null
            then {{ surrogate_key(columns) }}
    end
{%- endmacro %}

{# The id that a FHIR reference points at: Type/id, absolute address, versioned
   address, urn:uuid, or the value of a conditional identifier reference. Null for
   a contained resource, whose id means nothing outside, and, where `resource_type`
   says what is asked for, for a reference that names another type. #}
{% macro reference_id(reference, resource_type=none) -%}
    nullif(
        case
            when {{ reference }} like '#%' then null
            {%- if resource_type %}
            when
                {{ reference }} like '%/%'
                and {{ reference }} not like '%?%'
                and '/' || {{ reference }} not like '%/{{ resource_type }}/%'
                then null
            {%- endif %}
            when {{ reference }} like '%?identifier=%|%'
                then reverse(split_part(reverse({{ reference }}), '|', 1))
            when {{ reference }} like '%?identifier=%'
                then split_part({{ reference }}, '?identifier=', 2)
            when {{ reference }} like 'urn:uuid:%'
                then substr({{ reference }}, 10)
            else reverse(split_part(
                reverse(split_part({{ reference }}, '/_history/', 1)), '/', 1
            ))
        end,
        ''
    )
{%- endmacro %}
