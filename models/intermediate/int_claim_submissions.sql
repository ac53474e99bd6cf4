with

submissions as (
    select
        *,
        max(submitted_at) over (partition by source_file_id) as file_at
    from {{ ref('stg_x12__submissions') }}
),

acknowledgements as (
    select * from {{ ref('stg_x12__acknowledgements') }}
),

status_maps as (
    select * from {{ ref('status_maps') }}
    where code_system = 'x12_acknowledgement'
),

answers as (
    select
        acknowledgements.*,
        case
            when group_answer.canonical_status = 'rejected' then 'rejected'
            else coalesce(
                own_answer.canonical_status, group_answer.canonical_status
            )
        end as answer
    from acknowledgements
    left join status_maps as own_answer
        on acknowledgements.acknowledgement_code = own_answer.source_status
    left join status_maps as group_answer
        on
            acknowledgements.group_acknowledgement_code
            = group_answer.source_status
),

answers_and_submissions as (
    select
        answers.*,
        submissions.submission_id,
        submissions.receiver_id,
        submissions.submitted_at,
        submissions.file_at,
        submissions.source_file_id as submitted_file_id
    from answers
    inner join submissions
        on
            answers.data_source = submissions.data_source
            and answers.interchange_control_number
            = submissions.interchange_control_number
    where answers.envelope = 'interchange'
    union all
    select
        answers.*,
        submissions.submission_id,
        submissions.receiver_id,
        submissions.submitted_at,
        submissions.file_at,
        submissions.source_file_id as submitted_file_id
    from answers
    inner join submissions
        on
            answers.data_source = submissions.data_source
            and answers.functional_group_code
            = submissions.functional_group_code
            and answers.group_control_number
            = submissions.group_control_number
    where
        (
            answers.envelope = 'group'
            and (
                answers.answer = 'rejected'
                or coalesce(
                    answers.group_received_count
                    >= answers.group_included_count,
                    true
                )
            )
        )
        or (
            answers.envelope = 'transaction'
            and answers.transaction_control_number
            = submissions.transaction_control_number
        )
),

ranked as (
    select
        *,
        rank() over (
            partition by acknowledgement_id
            order by
                case when sender_id = receiver_id then 0 else 1 end asc,
                file_at desc nulls last,
                submitted_file_id asc
        ) as file_rank
    from answers_and_submissions
    where
        acknowledged_at is null
        or submitted_at is null
        or submitted_at <= acknowledged_at + interval '1' day
),

answered as (
    select
        submission_id,
        min(acknowledged_at) as acknowledged_at,
        min(acknowledged_at) filter (where answer = 'rejected')
            as rejected_at,
        bool_or(answer = 'rejected') as is_rejected,
        bool_or(answer = 'accepted' and envelope <> 'interchange')
            as is_accepted,
        count(*) as acknowledgement_count
    from ranked
    where file_rank = 1
    group by 1
),

judged as (
    select
        submissions.data_source,
        submissions.submission_id,
        submissions.submission_purpose_code,
        submissions.submitted_at,
        answered.acknowledged_at,
        answered.rejected_at,
        coalesce(answered.is_rejected, false) as is_rejected,
        coalesce(answered.is_accepted and not answered.is_rejected, false)
            as is_accepted,
        coalesce(answered.acknowledgement_count, 0) as acknowledgement_count,
        submissions.source_file_id,
        submissions.source_position,
        submissions.loaded_at
    from submissions
    left join answered
        on submissions.submission_id = answered.submission_id
)

select * from judged
