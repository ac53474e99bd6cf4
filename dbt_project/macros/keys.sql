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

{# The identifier in a conditional FHIR reference: system|value, or value alone;
   empty when there is none. #}
{% macro reference_identifier(reference) -%}
    url_decode(
        regexp_extract({{ reference }}, '[?&]identifier=([^&]*)', 1)
    )
{%- endmacro %}

{# A FHIR reference without what may differ between two that mean the same:
   Type/id, urn:uuid:..., or Type?system|value for a conditional one. Null for a
   contained resource, which means nothing outside. #}
{% macro reference_key(reference) -%}
    case
        when {{ reference }} like '#%' then null
        when {{ reference }} like '%?%'
            then regexp_extract({{ reference }}, '([^/?]*)[?]', 1) || '?'
                || nullif({{ reference_identifier(reference) }}, '')
        when {{ reference }} like 'urn:%' then {{ reference }}
        else nullif(regexp_extract(
            {{ reference }}, '([^/]+/[^/]+?)(/_history/[^/]*)?$', 1
        ), '')
    end
{%- endmacro %}

{# The type of resource that a FHIR reference names; null where its text does not
   tell, as in urn:uuid:... #}
{% macro reference_type(reference) -%}
    nullif(
        regexp_extract(
            {{ reference }}, '(?:^|/)([A-Z][A-Za-z]*)(?:[?]|/[^/]+(?:/_history/.*)?$)', 1
        ),
        ''
    )
{%- endmacro %}

{# The id that a FHIR reference points at, as far as its own text tells: Type/id,
   absolute address, versioned address, urn:uuid, or the value of a conditional
   identifier reference. Null for a contained resource, whose id means nothing
   outside, and, where `resource_type` says what is asked for, for a reference that
   names another type. Where the reference names an address or an identifier,
   int_fhir_references knows better. #}
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
            when
                {{ reference }} like '%?%'
                and '/' || {{ reference }} not like '%/{{ resource_type }}?%'
                then null
            {%- endif %}
            when {{ reference }} like '%?%'
                then reverse(split_part(
                    reverse({{ reference_identifier(reference) }}), '|', 1
                ))
            when {{ reference }} like 'urn:uuid:%'
                then substr({{ reference }}, 10)
            else reverse(split_part(
                reverse(split_part({{ reference }}, '/_history/', 1)), '/', 1
            ))
        end,
        ''
    )
{%- endmacro %}

{# The id that a reference means: the resource that was found by its identifier or
   address, else the id in its text; null where several resources answer to it. #}
{% macro resolved_id(found, id, column="resource_id") -%}
    case
        when not coalesce({{ found }}.is_ambiguous, false)
            then coalesce({{ found }}.{{ column }}, {{ id }})
    end
{%- endmacro %}

{# The encounter of a record that names an encounter: the survivor where that one was
   merged into another. Needs the join of merged_encounter_join. #}
{% macro surviving_encounter_key(record) -%}
    {{ foreign_key([
        record ~ ".data_source",
        "coalesce(merged_encounters.surviving_encounter_id, "
        ~ record ~ ".encounter_id)",
    ]) }}
{%- endmacro %}
