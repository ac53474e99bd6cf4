{# The newest version of each FHIR resource of one type: by versionId, then
   lastUpdated, then arrival. A resource is left out when it was deleted: when a
   deletion is not older than its newest version, by lastUpdated where both have
   one, else by arrival. Older versions and deletions stay in raw. #}
{% macro newest_fhir(resources, resource_type) -%}
    (
        select *
        from (
            select
                *,
                row_number() over (
                    partition by _data_source, resource_id
                    order by
                        try_cast(version_id as bigint) desc nulls last,
                        {{ to_utc("last_updated") }} desc nulls last,
                        _loaded_at desc,
                        md5(resource) desc,
                        _file_id asc,
                        _position asc
                ) as version_rank
            from {{ resources }}
            where resource_type = '{{ resource_type }}' and change is null
        ) as ranked_versions
        where
            version_rank = 1
            and not exists (
                select 1
                from {{ resources }} as deletions
                where
                    deletions.resource_type = '{{ resource_type }}'
                    and deletions.change = 'delete'
                    and deletions._data_source = ranked_versions._data_source
                    and deletions.resource_id = ranked_versions.resource_id
                    and coalesce(
                        {{ to_utc("deletions.last_updated") }}
                        >= {{ to_utc("ranked_versions.last_updated") }},
                        deletions._loaded_at >= ranked_versions._loaded_at
                    )
            )
    )
{%- endmacro %}

{# The newest version of each row of a canonical feed: by its version time when
   the feed has one, then arrival. Older versions, and rows without an id, which
   an expectation reports, stay in raw. #}
{% macro newest_row(feed, id_column, version_column=none) -%}
    (
        select *
        from (
            select
                *,
                row_number() over (
                    partition by _data_source, trim({{ id_column }})
                    order by
                        {%- if version_column %}
                        {{ to_utc(version_column) }} desc nulls last,
                        {%- endif %}
                        _loaded_at desc,
                        _file_id asc,
                        _position desc
                ) as version_rank
            from {{ feed }}
            where nullif(trim({{ id_column }}), '') is not null
        ) as ranked_versions
        where version_rank = 1
    )
{%- endmacro %}

{# Trimmed text, null when empty. #}
{% macro clean(column) -%}
    nullif(trim({{ column }}), '')
{%- endmacro %}

{# The columns that say where a row came from. #}
{% macro lineage() -%}
    _file_id as source_file_id,
    _position as source_position,
    _loaded_at as loaded_at
{%- endmacro %}

{# Yes and no as senders write it; anything else is unknown. #}
{% macro truth_value(column) -%}
    case
        when lower(trim({{ column }})) in ('true', 't', 'yes', 'y', '1') then true
        when lower(trim({{ column }})) in ('false', 'f', 'no', 'n', '0') then false
    end
{%- endmacro %}
